package io.stave.engine.recovery;

import io.stave.keydir.KeydirForm;
import java.io.IOException;

/** The file KEYDIR was left by a keydir of another kind: nothing is wrong with it, and it cannot be used. */
final class OtherKeydirException extends IOException {
    private static final long serialVersionUID = 1L;

    OtherKeydirException(KeydirForm left, KeydirForm wanted) {
        super("it was left by a keydir of another kind, " + left + ", and this one is " + wanted);
    }
}
