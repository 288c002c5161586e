package io.stave.keydir;

import io.stave.KeydirUnavailableException;
import io.stave.keydir.chronicle.ChronicleRequirements;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips what needs Chronicle Map where this JVM was not started for it. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsChronicle.Condition.class)
public @interface NeedsChronicle {

    /** Asks what an open would ask. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            try {
                ChronicleRequirements.check();
                return ConditionEvaluationResult.enabled("all is there");
            } catch (KeydirUnavailableException e) {
                return ConditionEvaluationResult.disabled("run in verify, by a JVM with flags: " + e.flags());
            }
        }
    }
}
