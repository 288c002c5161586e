package io.stave;

/**
 * How the values of some quantity are distributed. What is said of single values is an upper bound that exceeds the true
 * one by an eighth at most; the mean is exact.
 *
 * @param count how many values there are
 * @param mean their mean, 0 if there are none
 * @param median half of them are not larger
 * @param p99 99 in 100 are not larger
 * @param max the largest
 * @since 0.1
 */
public record Distribution(long count, double mean, long median, long p99, long max) {

    /** Of no values. */
    public static final Distribution NONE = new Distribution(0, 0, 0, 0, 0);
}
