package dev.galatea.gateway.api;

import java.util.ArrayList;
import java.util.List;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

import dev.galatea.bundles.BundleRepository;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.problem.ProblemException;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.failure.PoisonException;

/** The models that are deployed beside this service, as their manifests describe them. Thread-safe. */
@ApplicationScoped
class Models {

    private final BundleRepository bundles;
    private final GatewayConfig config;

    @Inject
    Models(BundleRepository bundles, GatewayConfig config) {
        this.bundles = bundles;
        this.config = config;
    }

    /** All models, the default one first. */
    List<Bundle> all() {
        try {
            List<Bundle> found = new ArrayList<>();
            found.add(bundles.defaultBundle());
            for (String name : bundles.names()) {
                if (!name.equals(bundles.defaultName())) {
                    found.add(bundles.byName(name));
                }
            }
            return found;
        } catch (PoisonException | IllegalStateException e) {
            throw ProblemException.unavailable(
                    "models_unavailable", "galatea.bundles.path: no model is there", config.retryAfter());
        }
    }

    /** The name of the model of requests that name none. */
    String defaultName() {
        return bundles.defaultName();
    }

    /** A model by its name. */
    Bundle find(String name) {
        return all().stream()
                .filter(bundle -> bundle.manifest().name().equals(name))
                .findFirst()
                .orElseThrow(() -> ProblemException.notFound(
                        "unknown_model", "model", "'" + shown(name) + "' is not served; valid are " + names()));
    }

    private List<String> names() {
        return all().stream().map(bundle -> bundle.manifest().name()).toList();
    }

    private static String shown(String name) {
        return name.length() > 64 ? name.substring(0, 64) + "…" : name;
    }
}
