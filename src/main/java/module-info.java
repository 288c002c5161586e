/**
 * Stave, an embeddable, durable key-value store. Only {@code io.stave} is for use from outside, and {@code
 * io.stave.metrics} for those who measure with Micrometer.
 *
 * @since 0.1
 */
module io.stave {
    requires org.agrona;
    requires jdk.unsupported; // invokeCleaner, the only way to free a mapping before JDK 22
    requires static chronicle.bytes; // the keydir of Chronicle Maps only
    requires static chronicle.map; // likewise
    requires static chronicle.wire; // likewise
    requires static com.fasterxml.jackson.core; // the command line only
    requires static info.picocli; // likewise
    requires static jdk.jfr; // events, where there is a flight recorder
    requires static micrometer.core; // the meters only
    requires static org.jspecify; // annotations, read by compilers only

    exports io.stave;
    exports io.stave.metrics;
}
