package io.stave.compare.work;

/** A peer returned what was never put, or lost what it must keep. */
final class WrongAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1;

    WrongAnswerException(String message) {
        super(message);
    }
}
