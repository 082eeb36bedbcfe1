package dev.galatea.deploy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.awaitility.Awaitility;

import dev.galatea.embedded.EmbeddedBroker;
import dev.galatea.embedded.EmbeddedObjectStore;
import dev.galatea.embedded.Ports;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The system that the manifests describe, without a cluster: a broker that asks for certificates and knows only the
 * KafkaUsers' rights, the KafkaTopics, and every service as a process with its Deployment's environment, secrets
 * mounted as files.
 */
final class SecuredSystem implements AutoCloseable {

    private static final String PASSWORD = "changeit";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Path directory;
    private final Manifests manifests = Manifests.base();
    private final Map<String, Map<String, String>> secrets = new HashMap<>();
    private final List<Process> processes = new ArrayList<>();
    private final Map<String, Integer> ports = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final int securePort;
    private final int managementPort;
    private final EmbeddedBroker broker;
    private final EmbeddedObjectStore store;

    /** Starts broker and store, and the services with {@code environment} beside their own. */
    SecuredSystem(Path directory, Map<String, String> environment) throws Exception {
        this.directory = directory;
        makeSecrets();
        int[] free = Ports.free(4 + Repository.SERVICES.size());
        securePort = free[2];
        managementPort = free[3];
        broker = startBroker(free[0], free[1]);
        store = EmbeddedObjectStore.builder(directory.resolve("store")).start();
        secrets.put("galatea-store", Map.of("access-key", store.accessKey(), "secret-key", store.secretKey()));
        try {
            prepareBroker();
            for (String service : Repository.SERVICES) {
                ports.put(service, free[3 + ports.size() + 1]);
                start(service, environment);
            }
            for (String service : Repository.SERVICES) {
                awaitReady(service);
            }
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    URI gateway(String path) {
        return URI.create("http://127.0.0.1:" + ports.get("gateway") + path);
    }

    /** The configuration of a client that has the KafkaUser's certificate. */
    Map<String, Object> clientOf(String user) {
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + securePort,
                "security.protocol",
                "SSL",
                "ssl.keystore.location",
                secretDirectory(user).resolve("user.p12").toString(),
                "ssl.keystore.password",
                PASSWORD,
                "ssl.truststore.location",
                clusterCertificate().toString(),
                "ssl.truststore.password",
                PASSWORD);
    }

    /** The configuration of a client that trusts the cluster but has no certificate. */
    Map<String, Object> clientOfNobody() {
        return Map.of(
                "bootstrap.servers",
                "127.0.0.1:" + securePort,
                "security.protocol",
                "SSL",
                "ssl.truststore.location",
                clusterCertificate().toString(),
                "ssl.truststore.password",
                PASSWORD);
    }

    String log(String service) throws IOException {
        return Files.readString(directory.resolve(service + ".log"));
    }

    /** Stops the services in order, then what they need. */
    @Override
    public void close() throws InterruptedException {
        processes.forEach(Process::destroy);
        for (Process process : processes) {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        }
        store.close();
        broker.close();
    }

    /** The secrets that Strimzi's operator makes of a Kafka and its KafkaUsers. */
    private void makeSecrets() throws Exception {
        CertificateAuthority cluster = new CertificateAuthority("cluster-ca");
        CertificateAuthority clients = new CertificateAuthority("clients-ca");
        Files.createDirectories(clusterCertificate().getParent());
        cluster.publish(clusterCertificate(), PASSWORD);
        cluster.issue("galatea-kafka", directory.resolve("broker.p12"), PASSWORD);
        clients.publish(directory.resolve("clients-ca.p12"), PASSWORD);
        secrets.put("galatea-cluster-ca-cert", Map.of("ca.password", PASSWORD));
        for (JsonNode user : manifests.of("KafkaUser").toList()) {
            String name = Manifests.nameOf(user);
            Files.createDirectories(secretDirectory(name));
            clients.issue(name, secretDirectory(name).resolve("user.p12"), PASSWORD);
            secrets.put(name, Map.of("user.password", PASSWORD));
        }
    }

    private Path secretDirectory(String secret) {
        return directory.resolve("secrets").resolve(secret);
    }

    private Path clusterCertificate() {
        return secretDirectory("galatea-cluster-ca-cert").resolve("ca.p12");
    }

    /** The operator's own way in is the plain listener; everybody else needs a certificate. */
    private EmbeddedBroker startBroker(int plain, int controller) {
        String operator = "PLAINTEXT://127.0.0.1:" + plain;
        String others = "TLS://127.0.0.1:" + securePort;
        EmbeddedBroker.Builder builder = EmbeddedBroker.builder(directory.resolve("broker"))
                .port(plain)
                .property("listeners", operator + "," + others + ",CONTROLLER://127.0.0.1:" + controller)
                .property("advertised.listeners", operator + "," + others)
                .property("controller.quorum.voters", "1@127.0.0.1:" + controller)
                .property("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,TLS:SSL,CONTROLLER:PLAINTEXT")
                .property("authorizer.class.name", RecordingAuthorizer.class.getName())
                .property("super.users", "User:ANONYMOUS")
                .property("ssl.client.auth", "required")
                .property(
                        "ssl.keystore.location", directory.resolve("broker.p12").toString())
                .property("ssl.keystore.type", "PKCS12")
                .property("ssl.keystore.password", PASSWORD)
                .property(
                        "ssl.truststore.location",
                        directory.resolve("clients-ca.p12").toString())
                .property("ssl.truststore.type", "PKCS12")
                .property("ssl.truststore.password", PASSWORD);
        JsonNode config = manifests.find("Kafka", "galatea").orElseThrow().at("/spec/kafka/config");
        config.fields().forEachRemaining(entry -> {
            // One broker is all there is here.
            if (!entry.getKey().contains("replica") && !entry.getKey().contains("min.i")) {
                builder.property(entry.getKey(), entry.getValue().asText());
            }
        });
        return builder.start();
    }

    /** Does the work of Strimzi's topic and user operators. */
    private void prepareBroker() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            List<NewTopic> topics = manifests
                    .of("KafkaTopic")
                    .map(topic -> {
                        Map<String, String> config = new HashMap<>();
                        topic.at("/spec/config")
                                .fields()
                                .forEachRemaining(entry -> config.put(
                                        entry.getKey(), entry.getValue().asText()));
                        return new NewTopic(
                                        Manifests.nameOf(topic),
                                        topic.at("/spec/partitions").asInt(),
                                        (short) 1)
                                .configs(config);
                    })
                    .toList();
            admin.createTopics(topics).all().get(1, TimeUnit.MINUTES);
            List<AclBinding> rights =
                    manifests.of("KafkaUser").flatMap(SecuredSystem::rightsOf).toList();
            assertThat(rights).isNotEmpty();
            admin.createAcls(rights).all().get(1, TimeUnit.MINUTES);
        }
    }

    private static Stream<AclBinding> rightsOf(JsonNode user) {
        List<AclBinding> rights = new ArrayList<>();
        for (JsonNode acl : user.at("/spec/authorization/acls")) {
            JsonNode resource = acl.get("resource");
            ResourcePattern pattern = new ResourcePattern(
                    ResourceType.fromString(constant(resource.get("type"))),
                    resource.get("name").asText(),
                    resource.get("patternType").asText().equals("prefix") ? PatternType.PREFIXED : PatternType.LITERAL);
            for (JsonNode operation : acl.get("operations")) {
                rights.add(new AclBinding(
                        pattern,
                        new AccessControlEntry(
                                "User:CN=" + Manifests.nameOf(user),
                                "*",
                                AclOperation.fromString(constant(operation)),
                                AclPermissionType.ALLOW)));
            }
        }
        return rights.stream();
    }

    /** {@code DescribeConfigs} is {@code DESCRIBE_CONFIGS} in Kafka's client. */
    private static String constant(JsonNode camelCase) {
        return camelCase.asText().replaceAll("(?<=[a-z])([A-Z])", "_$1");
    }

    private void start(String service, Map<String, String> environment) throws IOException {
        Deployment deployment = manifests.deployments().stream()
                .filter(candidate -> candidate.getMetadata().getName().equals(service))
                .findFirst()
                .orElseThrow();
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-Xmx512m",
                        "-jar",
                        Repository.ROOT
                                .resolve("services/" + service + "/target/quarkus-app/quarkus-run.jar")
                                .toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(service + ".log").toFile());
        builder.environment().putAll(environmentOf(Manifests.pod(deployment), service));
        // What is elsewhere than in a cluster.
        builder.environment()
                .putAll(Map.of(
                        "KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:" + securePort,
                        "GALATEA_STORE_ENDPOINT", store.endpoint().toString(),
                        "GALATEA_BUNDLES_PATH",
                                Repository.ROOT.resolve("models").toString(),
                        "QUARKUS_HTTP_PORT", ports.get(service).toString(),
                        "QUARKUS_MANAGEMENT_PORT", Integer.toString(managementPort)));
        builder.environment().putAll(environment);
        processes.add(builder.start());
    }

    /** The container's environment; the paths in it lead to where its volumes are here. */
    private Map<String, String> environmentOf(PodSpec pod, String service) throws IOException {
        Container container = pod.getContainers().get(0);
        Map<String, String> environment = new HashMap<>();
        manifests
                .find("ConfigMap", "galatea")
                .orElseThrow()
                .get("data")
                .fields()
                .forEachRemaining(entry ->
                        environment.put(entry.getKey(), entry.getValue().asText()));
        for (EnvVar variable : container.getEnv()) {
            if (variable.getValue() != null) {
                environment.put(variable.getName(), variable.getValue());
            } else if (variable.getValueFrom().getSecretKeyRef() != null) {
                var reference = variable.getValueFrom().getSecretKeyRef();
                environment.put(
                        variable.getName(), secrets.get(reference.getName()).get(reference.getKey()));
            } else {
                environment.put(variable.getName(), service + "-0");
            }
        }
        for (VolumeMount mount : container.getVolumeMounts()) {
            Volume volume = pod.getVolumes().stream()
                    .filter(candidate -> candidate.getName().equals(mount.getName()))
                    .findFirst()
                    .orElseThrow();
            Path here = volume.getSecret() == null
                    ? Files.createDirectories(directory.resolve(service + "-" + volume.getName()))
                    : secretDirectory(volume.getSecret().getSecretName());
            environment.replaceAll(
                    (key, value) -> value.equals(mount.getMountPath()) || value.startsWith(mount.getMountPath() + "/")
                            ? here + value.substring(mount.getMountPath().length())
                            : value);
        }
        return environment;
    }

    private void awaitReady(String service) {
        int port = service.equals("gateway") ? managementPort : ports.get(service);
        URI ready = URI.create("http://127.0.0.1:" + port + "/q/health/ready");
        Awaitility.await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> assertThat(
                        http.send(HttpRequest.newBuilder(ready).build(), BodyHandlers.discarding())
                                .statusCode())
                .as(log(service))
                .isEqualTo(200));
    }
}
