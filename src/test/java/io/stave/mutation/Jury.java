package io.stave.mutation;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs test classes, named by the arguments, in a process of its own, and says by its exit code whether one test failed. */
public final class Jury {

    /** Some test failed, and the first one to do so was printed. */
    static final int GUILTY = 3;

    /** All tests passed. */
    static final int INNOCENT = 4;

    /** No test ran, or something else went wrong: that proves nothing. */
    static final int MISTRIAL = 5;

    /** Before the name of the test that failed. */
    static final String CONVICTED_BY = "CONVICTED BY ";

    private Jury() {}

    /** Ends at the first failure: a mutant may make what comes after it hang. */
    private static final class Listener implements TestExecutionListener {
        private int passed;

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                System.out.println(CONVICTED_BY + where(test) + ": " + test.getDisplayName());
                result.getThrowable().ifPresent(Throwable::printStackTrace);
                System.out.flush();
                Runtime.getRuntime().halt(GUILTY);
            }
            passed += test.isTest() ? 1 : 0;
        }
    }

    private static String where(TestIdentifier test) {
        TestSource source = test.getSource().orElse(null);
        if (source instanceof MethodSource method) {
            String name = method.getClassName();
            return name.substring(name.lastIndexOf('.') + 1) + "." + method.getMethodName();
        }
        return String.valueOf(source);
    }

    /** Arguments: the test classes. */
    public static void main(String[] arguments) throws ClassNotFoundException {
        List<Class<?>> classes = new ArrayList<>();
        for (String name : arguments) {
            classes.add(Class.forName(name));
        }
        Listener listener = new Listener();
        Launcher launcher = LauncherFactory.create();
        for (Class<?> tests : classes) {
            LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                    .selectors(selectClass(tests))
                    .build();
            launcher.execute(request, listener);
        }
        System.out.println(listener.passed + " tests passed");
        System.out.flush();
        Runtime.getRuntime().halt(listener.passed > 0 ? INNOCENT : MISTRIAL);
    }
}
