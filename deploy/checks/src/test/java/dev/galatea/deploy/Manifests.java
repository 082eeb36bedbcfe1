package dev.galatea.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;

/** A set of manifests that is applied together: the base as its files, an overlay as Kustomize renders it. */
final class Manifests {

    private static final Map<String, Class<?>> KINDS = Map.of(
            "v1/ConfigMap", ConfigMap.class,
            "v1/Namespace", Namespace.class,
            "v1/PersistentVolumeClaim", PersistentVolumeClaim.class,
            "v1/Secret", Secret.class,
            "v1/Service", Service.class,
            "v1/ServiceAccount", ServiceAccount.class,
            "apps/v1/Deployment", Deployment.class,
            "networking.k8s.io/v1/NetworkPolicy", NetworkPolicy.class,
            "policy/v1/PodDisruptionBudget", PodDisruptionBudget.class,
            "keda.sh/v1alpha1/ScaledObject", ScaledObject.class);

    private final String name;
    private final List<JsonNode> documents;

    private Manifests(String name, List<JsonNode> documents) {
        this.name = name;
        this.documents = documents;
    }

    static Manifests base() {
        List<JsonNode> all = new ArrayList<>();
        for (JsonNode file : Repository.yaml("k8s/base/kustomization.yaml").get("resources")) {
            all.addAll(Repository.documents(Repository.read("k8s/base/" + file.textValue())));
        }
        return new Manifests("base", all);
    }

    static Manifests rendered(String overlay, String yaml) {
        return new Manifests(overlay, Repository.documents(yaml));
    }

    Stream<JsonNode> all() {
        return documents.stream();
    }

    Stream<JsonNode> of(String kind) {
        return all().filter(document -> document.path("kind").asText().equals(kind));
    }

    Optional<JsonNode> find(String kind, String resource) {
        return of(kind).filter(document -> nameOf(document).equals(resource)).findFirst();
    }

    List<Deployment> deployments() {
        return of("Deployment").map(document -> (Deployment) strict(document)).toList();
    }

    static PodSpec pod(Deployment deployment) {
        return deployment.getSpec().getTemplate().getSpec();
    }

    /** Reads a manifest as its type; a field that the type does not have is an error. */
    static Object strict(JsonNode document) {
        String kind = document.path("apiVersion").asText() + "/"
                + document.path("kind").asText();
        Class<?> type = KINDS.get(kind);
        if (type == null) {
            throw new AssertionError(nameOf(document) + ": no type for " + kind);
        }
        return strict(document, type);
    }

    static Object strict(JsonNode document, Class<?> type) {
        try {
            return STRICT.treeToValue(document, type);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new AssertionError(
                    document.path("kind").asText() + " " + nameOf(document) + ": " + e.getMessage(), e);
        }
    }

    static String nameOf(JsonNode document) {
        return document.path("metadata").path("name").asText();
    }

    @Override
    public String toString() {
        return name;
    }

    /** The models collect what they don't know; here that is refused. */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1L;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });
}
