package io.stave.engine.enumeration;

import io.stave.io.StoreDirectory;
import io.stave.io.WritableFile;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** Stands between a store and its disk, and sees what is about to be changed there. */
final class Interposed {

    /** What is done in place of a change to the disk, or before it. */
    interface Change {

        /**
         * Is called for each.
         *
         * @param what the method of {@link StoreDirectory} or {@link WritableFile}
         * @param file the name of the file, or of the first one; empty for the directory
         * @return whether the disk shall do it
         */
        boolean passes(String what, String file);
    }

    private Interposed() {}

    /** The disk, seen through this. */
    static StoreDirectory before(StoreDirectory disk, Change change) {
        return proxy(StoreDirectory.class, (proxy, method, arguments) -> {
            String file = arguments != null && arguments.length > 0 && arguments[0] instanceof String name ? name : "";
            boolean changes =
                    switch (method.getName()) {
                        case "create", "truncate", "rename", "delete", "forceNames" -> true;
                        default -> false;
                    };
            if (changes && !change.passes(method.getName(), file)) {
                return null;
            }
            Object result = method.invoke(disk, arguments);
            return result instanceof WritableFile written ? file(written, change) : result;
        });
    }

    private static WritableFile file(WritableFile file, Change change) {
        return proxy(WritableFile.class, (proxy, method, arguments) -> {
            boolean changes =
                    switch (method.getName()) {
                        case "write", "extend", "force" -> true;
                        default -> false;
                    };
            if (changes && !change.passes(method.getName(), file.name())) {
                return null;
            }
            return method.invoke(file, arguments);
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return handler.invoke(self, method, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return type.cast(proxy);
    }
}
