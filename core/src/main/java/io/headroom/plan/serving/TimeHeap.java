package io.headroom.plan.serving;

import java.util.Arrays;

/** Numbers by the time at which something happens to them; of one time, the smallest first. */
final class TimeHeap {
  private double[] millis = new double[16];
  private int[] numbers = new int[16];
  private int size;

  /** Infinite where there is none. */
  double firstMillis() {
    return size == 0 ? Double.POSITIVE_INFINITY : millis[0];
  }

  int first() {
    return numbers[0];
  }

  void add(double time, int number) {
    if (size == numbers.length) {
      millis = Arrays.copyOf(millis, 2 * size);
      numbers = Arrays.copyOf(numbers, 2 * size);
    }
    int place = size++;
    while (place > 0) {
      int parent = (place - 1) >> 1;
      if (!isBefore(time, number, parent)) {
        break;
      }
      move(parent, place);
      place = parent;
    }
    millis[place] = time;
    numbers[place] = number;
  }

  int removeFirst() {
    int first = numbers[0];
    size--;
    double time = millis[size];
    int number = numbers[size];
    int place = 0;
    while (2 * place + 1 < size) {
      int child = 2 * place + 1;
      if (child + 1 < size && isBefore(millis[child + 1], numbers[child + 1], child)) {
        child++;
      }
      if (isBefore(time, number, child)) {
        break;
      }
      move(child, place);
      place = child;
    }
    millis[place] = time;
    numbers[place] = number;
    return first;
  }

  private boolean isBefore(double time, int number, int place) {
    return time < millis[place] || (time == millis[place] && number < numbers[place]);
  }

  private void move(int from, int to) {
    millis[to] = millis[from];
    numbers[to] = numbers[from];
  }
}
