package dev.galatea.deploy;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.kafka.metadata.authorizer.StandardAuthorizer;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;

/** Kafka's own authorizer, which also remembers what it refused. The broker makes it by its name. Thread-safe. */
public final class RecordingAuthorizer extends StandardAuthorizer {

    private static final Set<String> REFUSED = ConcurrentHashMap.newKeySet();

    /** The requests so far, such as {@code CN=galatea-gateway WRITE TOPIC video.finished.v1}. */
    static Set<String> refused() {
        return Set.copyOf(REFUSED);
    }

    static void forget() {
        REFUSED.clear();
    }

    @Override
    public List<AuthorizationResult> authorize(AuthorizableRequestContext context, List<Action> actions) {
        List<AuthorizationResult> results = super.authorize(context, actions);
        for (int i = 0; i < actions.size(); i++) {
            Action action = actions.get(i);
            // What is only asked to find out, as when topics are listed, is no refusal.
            if (results.get(i) == AuthorizationResult.DENIED && action.logIfDenied()) {
                REFUSED.add(context.principal().getName() + " " + action.operation() + " "
                        + action.resourcePattern().resourceType() + " "
                        + action.resourcePattern().name());
            }
        }
        return results;
    }
}
