package io.headroom.plan.serving;

import java.util.Arrays;

/** Numbers in a row, taken and put at both ends. */
final class IntQueue {
  private int[] values = new int[16];
  private int begin;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  int get(int index) {
    return values[(begin + index) & (values.length - 1)];
  }

  int first() {
    return get(0);
  }

  void addLast(int value) {
    grow();
    values[(begin + size++) & (values.length - 1)] = value;
  }

  void addFirst(int value) {
    grow();
    begin = (begin - 1) & (values.length - 1);
    values[begin] = value;
    size++;
  }

  int removeFirst() {
    int value = first();
    begin = (begin + 1) & (values.length - 1);
    size--;
    return value;
  }

  int removeLast() {
    return get(--size);
  }

  private void grow() {
    if (size < values.length) {
      return;
    }
    int[] larger = Arrays.copyOf(values, 2 * size);
    for (int i = 0; i < size; i++) {
      larger[i] = get(i);
    }
    values = larger;
    begin = 0;
  }
}
