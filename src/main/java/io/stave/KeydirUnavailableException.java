package io.stave;

import java.util.List;

/**
 * The keydir that {@link Options#keydir(Keydir)} asks for cannot be used in this JVM. Nothing was opened or changed. The message says what is
 * missing, with the JVM flags to paste; with {@link Keydir#COMPACT} the same store can be opened at once.
 *
 * @since 0.1
 */
public final class KeydirUnavailableException extends StaveException {
    private static final long serialVersionUID = 1L;

    private final String[] flags;

    /**
     * Names all that is missing.
     *
     * @param problems a sentence for each thing that is not a flag
     * @param flags the missing JVM flags
     */
    public KeydirUnavailableException(List<String> problems, List<String> flags) {
        super(message(problems, flags), null);
        this.flags = flags.toArray(String[]::new);
    }

    /**
     * Tells that there is no memory for it.
     *
     * @param problem what was asked for, in a sentence
     * @param cause what the library said
     */
    public KeydirUnavailableException(String problem, Throwable cause) {
        super(message(List.of(problem), List.of()), cause);
        this.flags = new String[] {};
    }

    private static String message(List<String> problems, List<String> flags) {
        StringBuilder text = new StringBuilder("Keydir.CHRONICLE cannot be used here.");
        for (String problem : problems) {
            text.append("\n- ").append(problem);
        }
        if (!flags.isEmpty()) {
            text.append("\n- Missing JVM flags: start with\n  java ").append(String.join(" ", flags));
        }
        return text.append("\nKeydir.COMPACT, the default, opens the same store and needs none of this.")
                .toString();
    }

    /** {@return the JVM flags that are missing, as they are to be given} */
    public List<String> flags() {
        return List.of(flags);
    }
}
