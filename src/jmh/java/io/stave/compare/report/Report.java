package io.stave.compare.report;
import io.stave.compare.result.Run;
import java.nio.file.Path;
/** stub */
public final class Report {
    /** . */
    public static final String PAGE = "PERFORMANCE.md";
    /** . */
    public Report(Run run) {}
    /** . */
    public void write(Path docs) {}
}
