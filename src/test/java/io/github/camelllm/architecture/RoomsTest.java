package io.github.camelllm.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The directions in which the rooms of the house may know each other. */
@AnalyzeClasses(packages = RoomsTest.ROOT, importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {

    static final String ROOT = "io.github.camelllm";

    private static final String[] BELOW_ROOMS = {
        ROOT + ".call..", ROOT + ".problem..", ROOT + ".config..", ROOT + ".step..", ROOT + ".store.."
    };

    @ArchTest
    static final ArchRule CALL_AND_PROBLEM_KNOW_NO_CAMEL = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".call..", ROOT + ".problem..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.camel..", "io.vertx..", "org.apache.hc..")
            .because("what a call is must not depend on what carries it: the same call comes by HTTP, queue or file");

    @ArchTest
    static final ArchRule PROBLEM_IS_THE_GROUND = noClasses()
            .that()
            .resideInAPackage(ROOT + ".problem..")
            .should()
            .dependOnClassesThat(inProjectOutside(ROOT + ".problem.."))
            .because("every room says how it fails; a problem that knew a room would tie all rooms to it");

    @ArchTest
    static final ArchRule CALL_KNOWS_ONLY_PROBLEM = noClasses()
            .that()
            .resideInAPackage(ROOT + ".call..")
            .should()
            .dependOnClassesThat(inProjectOutside(ROOT + ".call..", ROOT + ".problem.."))
            .because("rooms meet on the call; if it knew one of them, they would all meet there");

    @ArchTest
    static final ArchRule STEP_AND_STORE_KNOW_NO_ROOM = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".step..", ROOT + ".store..")
            .should()
            .dependOnClassesThat(inProjectOutside(BELOW_ROOMS))
            .because("they carry every room, so they may lean on none");

    @ArchTest
    static final ArchRule ROOMS_DO_NOT_IMPORT_ROOMS = slices().matching(ROOT + ".(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(are(DescribedPredicate.alwaysTrue()), resideInAnyPackage(BELOW_ROOMS))
            .ignoreDependency(resideInAPackage(ROOT + ".main.."), are(DescribedPredicate.alwaysTrue()))
            .because("a step can be moved, removed or replaced in YAML only if no other step's code needs it");

    @ArchTest
    static final ArchRule NOBODY_KNOWS_MAIN = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".main..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".main..")
            .because("the jar must work in a runtime that has its own main: Spring Boot, Quarkus, JBang");

    @ArchTest
    static final ArchRule STEPS_ARE_NOT_SUBCLASSED_ACROSS_ROOMS = classes()
            .that()
            .areAssignableTo(ROOT + ".step.Step")
            .and()
            .doNotHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT)
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
            .because("a step is configured in YAML, not by inheritance");

    @Test
    void everyRoomExplainsItself() throws IOException {
        try (Stream<Path> paths = Files.walk(Path.of("src/main/java/io/github/camelllm"))) {
            List<Path> rooms = paths.filter(Files::isDirectory).toList();
            assertThat(rooms).hasSizeGreaterThan(5);
            assertThat(rooms).allSatisfy(room -> assertThat(room.resolve("package-info.java"))
                    .exists());
        }
    }

    @Test
    void theRulesSeeTheRooms() {
        JavaClasses imported = new com.tngtech.archunit.core.importer.ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(ROOT);
        assertThat(imported.stream().map(JavaClass::getPackageName).distinct()).hasSizeGreaterThan(5);
    }

    private static DescribedPredicate<JavaClass> inProjectOutside(String... packages) {
        return resideInAPackage(ROOT + "..").and(DescribedPredicate.not(resideInAnyPackage(packages)));
    }
}
