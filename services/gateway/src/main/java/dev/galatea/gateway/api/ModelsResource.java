package dev.galatea.gateway.api;

import java.util.List;
import java.util.Map;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.smallrye.common.annotation.Blocking;

import dev.galatea.bundles.LimitsConfig;
import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.model.bundle.Bundle;
import dev.galatea.model.bundle.BundleManifest;
import dev.galatea.model.bundle.ModelMemory;
import dev.galatea.model.bundle.SchedulerConfig;

/** The models and their capabilities. */
@Path("/v1")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {

    private final Models models;
    private final ModelAliases aliases;
    private final GatewayConfig config;
    private final LimitsConfig limits;

    @Inject
    ModelsResource(Models models, ModelAliases aliases, GatewayConfig config, LimitsConfig limits) {
        this.models = models;
        this.aliases = aliases;
        this.config = config;
        this.limits = limits;
    }

    /**
     * A model in the dialect's words, and what the dialect does not have.
     *
     * @param object always {@code model}
     * @param created always 0: a bundle doesn't say when it was made
     * @param isDefault whether requests that name no model get this one
     * @param schedulers those that a request may name, the default first
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record ModelCard(
            String id,
            String object,
            long created,
            String ownedBy,
            String version,
            String description,
            String license,
            @JsonProperty("default") boolean isDefault,
            List<String> schedulers,
            Memory memory) {

        static ModelCard of(BundleManifest manifest, String defaultName) {
            return new ModelCard(
                    manifest.name(),
                    "model",
                    0,
                    "galatea",
                    manifest.version(),
                    manifest.description(),
                    manifest.license(),
                    manifest.name().equals(defaultName),
                    manifest.schedulers().stream().map(SchedulerConfig::name).toList(),
                    Memory.of(manifest));
        }
    }

    /**
     * The bytes of a model's weights.
     *
     * @param weightBytes by the graph that they belong to
     * @param totalWeightBytes what a process holds that runs every graph
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Memory(Map<String, Long> weightBytes, long totalWeightBytes) {

        static Memory of(BundleManifest manifest) {
            ModelMemory memory = ModelMemory.of(manifest);
            return new Memory(memory.weightBytes(), memory.sum());
        }
    }

    /**
     * All models.
     *
     * @param object always {@code list}
     */
    public record ModelList(String object, List<ModelCard> data) {}

    /** The models, the default one first. */
    @GET
    @Path("models")
    public ModelList list() {
        return new ModelList("list", models.all().stream().map(this::card).toList());
    }

    /** One model, by its name or by an alias. */
    @GET
    @Path("models/{model}")
    public ModelCard find(@PathParam("model") String model) {
        String meant = aliases.resolve(model);
        return card(models.find(meant == null ? models.defaultName() : meant));
    }

    private ModelCard card(Bundle bundle) {
        return ModelCard.of(bundle.manifest(), models.defaultName());
    }

    /** Lists what each model can do, within which limits, and its defaults. */
    @GET
    @Path("capabilities")
    public Capabilities capabilities() {
        return Capabilities.of(models.all(), config, limits.maxPixelSteps());
    }
}
