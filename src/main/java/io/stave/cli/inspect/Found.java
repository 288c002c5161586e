package io.stave.cli.inspect;

import java.util.List;

/** What a look at one segment, or at its hint, has found. */
@FunctionalInterface
interface Found {

    /** What is wrong; none if all is well. */
    List<Anomaly> anomalies();
}
