package dev.galatea.model.event;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * The fields of requests for videos, as {@link RequestField} declares them. Whatever handles all fields alike (reading
 * HTTP bodies, taking settings over from another job, comparing requests, naming fields in messages) iterates over
 * these.
 */
public final class RequestFields {

    private static final List<Field> SETTINGS = of(GenerationSettings.class);

    private static final List<Field> ALL =
            Stream.concat(of(PromptSubmitted.class).stream(), SETTINGS.stream()).toList();

    private RequestFields() {}

    /**
     * A field of requests.
     *
     * @param name in events
     * @param httpName in bodies of HTTP requests
     * @param option on the command line; empty if it can't be given there
     * @param ofModel true if a value belongs to the model that it was chosen for
     * @param type of its values
     */
    public record Field(
            String name, String httpName, String option, boolean ofModel, Class<?> type, RecordComponent component) {

        private static Field of(RecordComponent component, RequestField declared) {
            String http = declared.http().isEmpty() ? component.getName() : declared.http();
            return new Field(
                    component.getName(), http, declared.option(), declared.ofModel(), component.getType(), component);
        }

        /** The value of this field in settings; null if it is absent. */
        public @Nullable Object in(GenerationSettings settings) {
            return invoke(() -> component.getAccessor().invoke(settings));
        }
    }

    /** All fields: those of the submission itself, and all settings. */
    public static List<Field> all() {
        return ALL;
    }

    /** The settings in the order of {@link GenerationSettings}. */
    public static List<Field> settings() {
        return SETTINGS;
    }

    /** The field with this name in events. */
    public static Optional<Field> named(@Nullable String name) {
        return ALL.stream().filter(field -> field.name().equals(name)).findFirst();
    }

    /** Settings whose values are what the function returns; they must be of the fields' types. */
    public static GenerationSettings settingsOf(Function<Field, @Nullable Object> value) {
        Class<?>[] types = SETTINGS.stream().map(Field::type).toArray(Class<?>[]::new);
        Object[] values = SETTINGS.stream().map(value).toArray();
        return Objects.requireNonNull(invoke(
                () -> GenerationSettings.class.getDeclaredConstructor(types).newInstance(values)));
    }

    private static List<Field> of(Class<? extends Record> record) {
        return Stream.of(record.getRecordComponents())
                .filter(component -> component.isAnnotationPresent(RequestField.class))
                .map(component -> Field.of(component, component.getAnnotation(RequestField.class)))
                .toList();
    }

    private interface Call<T extends @Nullable Object> {

        T run() throws ReflectiveOperationException;
    }

    private static <T extends @Nullable Object> T invoke(Call<T> call) {
        try {
            return call.run();
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
