package io.stave.engine.space;

/** What is refused for want of room, or about to be. Where it is deletes, nothing but a merge can make any. */
public enum Shortage {
    NONE,
    OF_PUTS,
    OF_DELETES
}
