package io.stave.compare.peer;

/**
 * What a peer may know when it is opened.
 *
 * @param mode whether puts are to be forced
 * @param keys how many keys there will be; some peers have to be told
 * @param keyBytes length of every key
 * @param valueBytes length of every value
 * @param crashed whether the last process that had it open was killed
 */
public record Settings(Mode mode, long keys, int keyBytes, int valueBytes, boolean crashed) {}
