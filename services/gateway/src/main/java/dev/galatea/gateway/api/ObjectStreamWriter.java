package dev.galatea.gateway.api;

import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.concurrent.Executor;

import jakarta.inject.Inject;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.Provider;

import org.jboss.resteasy.reactive.server.core.ResteasyReactiveRequestContext;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jboss.resteasy.reactive.server.spi.ServerRequestContext;

import dev.galatea.gateway.config.GatewayConfig;
import dev.galatea.gateway.config.WorkerPools;

/** Sends objects of the store without a thread that waits for the client. */
@Provider
public final class ObjectStreamWriter implements ServerMessageBodyWriter<ObjectStream> {

    private final Executor reads;
    private final Duration stall;

    @Inject
    ObjectStreamWriter(WorkerPools pools, GatewayConfig config) {
        reads = pools.downloads();
        stall = config.stallTimeout();
    }

    @Override
    public boolean isWriteable(
            Class<?> type, Type genericType, ResteasyReactiveResourceInfo target, MediaType mediaType) {
        return type == ObjectStream.class;
    }

    @Override
    public boolean isWriteable(Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type == ObjectStream.class;
    }

    @Override
    public void writeResponse(ObjectStream stream, Type genericType, ServerRequestContext context) {
        ResteasyReactiveRequestContext exchange = (ResteasyReactiveRequestContext) context;
        exchange.suspend();
        // Vert.x asks for it before the headers of the answer are its own.
        context.serverResponse().setResponseHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(stream.length()));
        new Transfer(stream, context.serverResponse(), exchange::resume, reads, stall).start();
    }

    @Override
    public void writeTo(
            ObjectStream stream,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out) {
        throw new UnsupportedOperationException("would block");
    }
}
