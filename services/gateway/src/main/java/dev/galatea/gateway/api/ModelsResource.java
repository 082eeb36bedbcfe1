package dev.galatea.gateway.api;

import java.util.List;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.smallrye.common.annotation.Blocking;

import dev.galatea.bundles.LimitsConfig;
import dev.galatea.gateway.config.GatewayConfig;

/** The models and their capabilities. */
@Path("/v1")
@Blocking
@Produces(MediaType.APPLICATION_JSON)
public class ModelsResource {

    private final Models models;
    private final GatewayConfig config;
    private final LimitsConfig limits;

    @Inject
    ModelsResource(Models models, GatewayConfig config, LimitsConfig limits) {
        this.models = models;
        this.config = config;
        this.limits = limits;
    }

    /**
     * A model in the dialect's words.
     *
     * @param object always {@code model}
     * @param created always 0: a bundle doesn't say when it was made
     */
    public record ModelCard(
            String id,
            String object,
            long created,
            @JsonProperty("owned_by") String ownedBy) {

        static ModelCard of(String name) {
            return new ModelCard(name, "model", 0, "galatea");
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
        return new ModelList(
                "list",
                models.all().stream()
                        .map(bundle -> ModelCard.of(bundle.manifest().name()))
                        .toList());
    }

    /** One model. */
    @GET
    @Path("models/{model}")
    public ModelCard find(@PathParam("model") String model) {
        return ModelCard.of(models.find(model).manifest().name());
    }

    /** Lists what each model can do, within which limits, and its defaults. */
    @GET
    @Path("capabilities")
    public Capabilities capabilities() {
        return Capabilities.of(models.all(), config, limits.maxPixelSteps());
    }
}
