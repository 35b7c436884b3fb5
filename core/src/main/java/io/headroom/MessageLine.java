package io.headroom;

/**
 * Text from anywhere, such as file names and keys of somebody else's files, as one line that a
 * terminal shows and does not obey: line breaks with the blanks around them become one blank, what
 * cannot be seen becomes its Unicode escape, and the middle of a very long text is left out.
 */
public final class MessageLine {
  private static final int MOST_CHARACTERS = 4000;
  private static final int TAIL_CHARACTERS = 1000;
  private static final String LEFT_OUT = " ... ";

  private MessageLine() {}

  /** The whole message. */
  public static String of(String text) {
    String clipped = text;
    if (text.length() > MOST_CHARACTERS) {
      int head = MOST_CHARACTERS - TAIL_CHARACTERS - LEFT_OUT.length();
      clipped =
          text.substring(0, head) + LEFT_OUT + text.substring(text.length() - TAIL_CHARACTERS);
    }
    StringBuilder line = new StringBuilder(clipped.length());
    boolean broken = false;
    for (int i = 0; i < clipped.length(); i++) {
      char character = clipped.charAt(i);
      if (isLineBreak(character)) {
        stripBlanks(line);
        broken = !line.isEmpty();
      } else if (!broken) {
        append(line, character);
      } else if (!Character.isWhitespace(character)) {
        line.append(' ');
        append(line, character);
        broken = false;
      }
    }
    stripBlanks(line);
    return line.toString().strip();
  }

  /** The first line of a message of somebody else's, which may have none. */
  public static String first(String message) {
    return String.valueOf(message).lines().findFirst().orElse("").strip();
  }

  /** A part of a message, no longer than so many characters and three dots. */
  public static String shortened(String text, int mostCharacters) {
    return text.length() <= mostCharacters ? text : text.substring(0, mostCharacters) + "...";
  }

  private static void append(StringBuilder line, char character) {
    if (character == '\t') {
      line.append(' ');
    } else if (isHidden(character)) {
      line.append("\\u%04x".formatted((int) character));
    } else {
      line.append(character);
    }
  }

  private static void stripBlanks(StringBuilder line) {
    int length = line.length();
    while (length > 0 && Character.isWhitespace(line.charAt(length - 1))) {
      length--;
    }
    line.setLength(length);
  }

  private static boolean isLineBreak(char character) {
    return switch (character) {
      case '\n', '\r', '\u000b', '\f', '\u0085', '\u2028', '\u2029' -> true;
      default -> false;
    };
  }

  /** Controls, and what turns the direction of the text around it. */
  private static boolean isHidden(char character) {
    int type = Character.getType(character);
    return type == Character.CONTROL || type == Character.FORMAT;
  }
}
