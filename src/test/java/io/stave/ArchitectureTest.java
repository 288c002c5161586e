package io.stave;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.lang.module.ModuleDescriptor.Requires.Modifier;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The house plan: which package may use which, what is visible from outside, and what nobody may use. */
class ArchitectureTest {
    /** The package {@code io.stave} itself: the contract, and the value types and exceptions everybody may use. */
    private static final String API = "api";

    private static final String ROOT = "io.stave";

    /** The contract: those who implement or use a whole store may see it, the rooms below may not. */
    private static final String CONTRACT = "io.stave.Stave";

    /**
     * Every package there may be, with all it may use beside itself and the value types of {@link #API}. A package or an
     * arrow that is missing here is a decision to be taken, not a line to be added in passing.
     */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry(API, Set.of("engine")),
            // The keydir to compare with, io to read without a lock, and the one room that acts by hand.
            Map.entry("cli", Set.of("hint", "segment", "blob", "manifest", "keydir", "io", "engine.repair")),
            Map.entry("metrics", Set.of()),
            room(
                    "engine",
                    "engine.base",
                    "engine.live",
                    "engine.space",
                    "engine.read",
                    "engine.snapshot",
                    "engine.write",
                    "engine.blob",
                    "engine.merge",
                    "engine.recovery",
                    "engine.readonly",
                    "engine.backup",
                    "engine.stats"),
            room("engine.repair", "engine.base", "engine.live"),
            room(
                    "engine.stats",
                    "engine.base",
                    "engine.live",
                    "engine.space",
                    "engine.snapshot",
                    "engine.write",
                    "engine.merge"),
            room("engine.readonly", "engine.base", "engine.live", "engine.read", "engine.recovery", "engine.stats"),
            room("engine.backup", "engine.base", "engine.live", "engine.snapshot", "engine.write", "engine.recovery"),
            room("engine.recovery", "engine.base", "engine.live", "engine.space"),
            room(
                    "engine.merge",
                    "engine.base",
                    "engine.live",
                    "engine.space",
                    "engine.read",
                    "engine.snapshot",
                    "engine.write"),
            room("engine.blob", "engine.base", "engine.live", "engine.space", "engine.read", "engine.write"),
            room("engine.write", "engine.base", "engine.live", "engine.space", "engine.read", "engine.snapshot"),
            room("engine.snapshot", "engine.base", "engine.live", "engine.read"),
            room("engine.read", "engine.base", "engine.live"),
            room("engine.space", "engine.base", "engine.live"),
            room("engine.live", "engine.base"),
            room("engine.base", "engine.events"),
            Map.entry("engine.events", Set.of()),
            Map.entry("manifest", Set.of("io")),
            Map.entry("segment", Set.of("io")),
            Map.entry("hint", Set.of("io")),
            Map.entry("blob", Set.of("io")),
            Map.entry("keydir", Set.of()),
            Map.entry("io", Set.of()));

    private static final Set<String> USERS_OF_THE_CONTRACT = Set.of(API, "engine", "cli", "metrics");

    private static final Set<String> EXPORTED = Set.of("io.stave", "io.stave.metrics");

    /** What a JVM needs to run the library, and what only compiling, the command line, the meters or events need. */
    private static final Set<String> REQUIRED = Set.of("java.base", "jdk.unsupported", "org.agrona");

    private static final Set<String> REQUIRED_STATICALLY = Set.of(
            "chronicle.bytes",
            "chronicle.map",
            "chronicle.wire",
            "com.fasterxml.jackson.core",
            "info.picocli",
            "jdk.jfr",
            "micrometer.core",
            "org.jspecify");

    private static Path location;
    private static JavaClasses house;

    @BeforeAll
    static void readTheClasses() throws URISyntaxException, ClassNotFoundException {
        location = Path.of(Class.forName(CONTRACT)
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        house = new ClassFileImporter().importPath(location);
        assertTrue(house.contain(CONTRACT), "no classes were read from " + location);
    }

    @Test
    void packagesUseOnlyWhatTheirArrowsAllow() {
        classes().should(onlyFollowArrows()).check(house);
    }

    @Test
    void onlyTheContractKnowsTheEngine() {
        noClasses()
                .that(resideInAPackage(ROOT))
                .and(describe("are not the contract", type -> !outermost(type).equals(CONTRACT)))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".engine.."))
                .check(house);
    }

    @Test
    void onlyThoseWhoHoldAWholeStoreKnowTheContract() {
        noClasses()
                .that(describe("lie below the engine", type -> !USERS_OF_THE_CONTRACT.contains(room(type))))
                .should()
                .dependOnClassesThat(
                        describe("are the contract", type -> outermost(type).equals(CONTRACT)))
                .check(house);
    }

    /** The edge from the contract to the engine closes the only cycle there may be; without it there is none. */
    @Test
    void noCycleButTheOneThroughOpen() {
        slices().assignedFrom(rooms())
                .should()
                .beFreeOfCycles()
                .ignoreDependency(
                        describe("in io.stave", type -> room(type).equals(API)),
                        describe("in the engine", type -> room(type).equals("engine")))
                .check(house);
    }

    @Test
    void theCommandLineOnlyInspects() {
        noClasses()
                .that(resideInAPackage(ROOT + ".cli.."))
                .should()
                .dependOnClassesThat(describe(
                        "write segments, hints or manifests",
                        type -> Set.of("hint", "segment", "manifest").contains(room(type))
                                && type.getSimpleName().matches(".*(Appender|Writer|Installer)")))
                .check(house);
    }

    /** One seam to the file system. The command line reads folders of its user, which are not the store's. */
    @Test
    void onlyTheSeamTouchesFiles() {
        noClasses()
                .that(describe("are neither the seam nor the command line", type -> !Set.of("io", "cli")
                        .contains(room(type))))
                .should()
                .dependOnClassesThat(describe("open files", type -> type.getName()
                        .matches("java\\.nio\\.file\\.Files"
                                + "|java\\.nio\\.channels\\.(Asynchronous)?FileChannel"
                                + "|java\\.io\\.(File|RandomAccessFile|File(In|Out)putStream|File(Reader|Writer))")))
                .check(house);
    }

    @Test
    void nothingOpensASocket() {
        noClasses()
                .should()
                .dependOnClassesThat(describe("talk to a network", type -> type.getName()
                        .matches("java\\.net\\.(.*Socket.*|.*URLConnection|URL|http\\..*)"
                                + "|java\\.nio\\.channels\\..*(Socket|Datagram).*|javax\\.net\\..*")))
                .check(house);
    }

    /** The rest of Agrona reaches into the JDK, and fails without a JVM flag. */
    @Test
    void onlyThePartOfAgronaThatNeedsNoFlagsIsUsed() {
        noClasses()
                .should()
                .dependOnClassesThat(describe(
                        "are the part of Agrona that needs flags",
                        type -> type.getPackageName().startsWith("org.agrona")
                                && type.getSimpleName()
                                        .matches("UnsafeApi|BufferUtil|UnsafeBuffer|Expandable.*"
                                                + "|.*ArrayQueue|.*LinkedQueue|.*RingBuffer|MappedResizeableBuffer")))
                .check(house);
    }

    @Test
    void nothingPointsToTheCommandLine() {
        noClasses()
                .that(describe("are not the command line", type -> !room(type).equals("cli")))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".cli.."))
                .check(house);
    }

    /** Its rooms use each other one way: what is shared lies below the commands, and Main above them. */
    @Test
    void theCommandLineHasNoCycleOfItsOwn() {
        slices().matching(ROOT + ".cli.(*)..").should().beFreeOfCycles().check(house);
        noClasses()
                .that(resideInAPackage(ROOT + ".cli.*"))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".cli"))
                .check(house);
    }

    /** Reading commands open a store's directory where nothing can be written, and never the real one. */
    @Test
    void theCommandLineCannotWriteAStoresFiles() {
        noClasses()
                .that(resideInAPackage(ROOT + ".cli.."))
                .should()
                .dependOnClassesThat(describe(
                        "write in a store's directory",
                        type -> type.getName().equals(ROOT + ".io.RealDirectory")
                                || type.getName().equals(ROOT + ".io.WritableFile")))
                .check(house);
    }

    @Test
    void onlyTheCommandLineKnowsPicocliAndJackson() {
        noClasses()
                .that(describe("are not the command line", type -> !room(type).equals("cli")))
                .should()
                .dependOnClassesThat(resideInAnyPackage("picocli..", "com.fasterxml.jackson.."))
                .check(house);
    }

    @Test
    void onlyTheMetersKnowMicrometer() {
        noClasses()
                .that(describe("are not the meters", type -> !room(type).equals("metrics")))
                .should()
                .dependOnClassesThat(resideInAPackage("io.micrometer.."))
                .check(house);
    }

    /** The library works where nobody has brought Chronicle Map: one method of one class leads to those that load its classes. */
    @Test
    void onlyItsKeydirKnowsChronicleMap() {
        noClasses()
                .that(describe(
                        "are not its keydir", type -> !type.getPackageName().equals(ROOT + ".keydir.chronicle")))
                .should()
                .dependOnClassesThat(resideInAPackage("net.openhft.."))
                .check(house);
        noClasses()
                .that(describe(
                        "are neither its keydir nor the room of keydirs",
                        type -> !type.getPackageName().equals(ROOT + ".keydir.chronicle")
                                && !type.getName().equals(ROOT + ".engine.KeydirRoom")))
                .should()
                .dependOnClassesThat(resideInAPackage(ROOT + ".keydir.chronicle.."))
                .check(house);
    }

    /** The library works where there is no flight recorder: nobody else may load its classes. */
    @Test
    void onlyTheEventsKnowTheFlightRecorder() {
        noClasses()
                .that(describe("are no events", type -> !room(type).equals("engine.events")))
                .should()
                .dependOnClassesThat(resideInAPackage("jdk.jfr.."))
                .check(house);
        noClasses()
                .that(describe(
                        "are the way to the events", type -> outermost(type).equals("io.stave.engine.events.Flight")))
                .should()
                .dependOnClassesThat(resideInAPackage("jdk.jfr.."))
                .check(house);
    }

    @Test
    void onlyTheApiIsExported() {
        ModuleDescriptor module = module();
        assertEquals(ROOT, module.name());
        assertFalse(module.isOpen());
        assertEquals(Set.of(), module.opens(), "nothing is open to reflection");
        assertTrue(
                module.exports().stream().noneMatch(ModuleDescriptor.Exports::isQualified), "exports to all or none");
        assertEquals(
                EXPORTED,
                module.exports().stream().map(ModuleDescriptor.Exports::source).collect(toSet()));
    }

    @Test
    void theModuleRequiresAgronaAndNothingElse() {
        Set<Requires> requires = module().requires();
        assertEquals(
                REQUIRED,
                requires.stream()
                        .filter(required -> !required.modifiers().contains(Modifier.STATIC))
                        .map(Requires::name)
                        .collect(toSet()));
        assertEquals(
                REQUIRED_STATICALLY,
                requires.stream()
                        .filter(required -> required.modifiers().contains(Modifier.STATIC))
                        .map(Requires::name)
                        .collect(toSet()));
    }

    private static ModuleDescriptor module() {
        return ModuleFinder.of(location).find(ROOT).orElseThrow().descriptor();
    }

    private static ArchCondition<JavaClass> onlyFollowArrows() {
        return new ArchCondition<>("only use packages their arrows allow") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Set<String> allowed = ARROWS.get(room(type));
                if (allowed == null) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " lies in a package not planned"));
                    return;
                }
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass();
                    if (isOurs(target)
                            && !room(target).equals(API)
                            && !room(target).equals(room(type))
                            && !allowed.contains(room(target))) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static SliceAssignment rooms() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass type) {
                return isOurs(type) ? SliceIdentifier.of(room(type)) : SliceIdentifier.ignore();
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(ROOT) || type.getPackageName().startsWith(ROOT + ".");
    }

    /**
     * The package name below {@code io.stave}, or {@link #API}. The engine is many rooms; of another package those below it
     * are a part.
     */
    private static String room(JavaClass type) {
        String name = type.getPackageName();
        if (name.equals(ROOT) || !isOurs(type)) {
            return API;
        }
        String below = name.substring(ROOT.length() + 1);
        return below.startsWith("engine.") ? below : below.split("\\.")[0];
    }

    /** A room of the engine, with those of the others that it may use beside what lies below the engine. */
    private static Map.Entry<String, Set<String>> room(String name, String... others) {
        Set<String> allowed = new HashSet<>(Set.of("manifest", "segment", "hint", "keydir", "blob", "io"));
        allowed.addAll(Set.of(others));
        return Map.entry(name, Set.copyOf(allowed));
    }

    private static String outermost(JavaClass type) {
        return type.getBaseComponentType().getName().split("\\$")[0];
    }
}
