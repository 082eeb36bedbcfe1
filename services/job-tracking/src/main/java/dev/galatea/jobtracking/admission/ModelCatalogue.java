package dev.galatea.jobtracking.admission;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** The models that are served, one of which prompts get that name none. Immutable. */
public final class ModelCatalogue {

    private final TreeMap<String, Model> byName;
    private final Model defaultModel;

    public ModelCatalogue(Collection<Model> models, String defaultName) {
        byName = models.stream().collect(Collectors.toMap(Model::name, Function.identity(), (a, b) -> a, TreeMap::new));
        Model model = byName.get(defaultName);
        if (model == null) {
            throw new IllegalArgumentException("galatea.bundles.default-name: '" + defaultName
                    + "' is not a bundle here; valid are " + byName.keySet());
        }
        defaultModel = model;
    }

    /** The model of this name; the default one for no name. */
    Optional<Model> find(@Nullable String name) {
        return name == null ? Optional.of(defaultModel) : Optional.ofNullable(byName.get(name));
    }

    /** All names, sorted. */
    public Collection<String> names() {
        return Map.copyOf(byName).keySet().stream().sorted().toList();
    }

    /** The name of the model that prompts get that name none. */
    public String defaultName() {
        return defaultModel.name();
    }
}
