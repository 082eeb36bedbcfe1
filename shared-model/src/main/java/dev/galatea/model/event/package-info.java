/**
 * The event contracts: one record per event type, the topics that carry them, and the CloudEvents binding.
 *
 * <p>JSON Schemas with their history lie in {@code src/main/resources/schema}; {@code deploy/asyncapi.yaml} refers to
 * the same files. Readers ignore fields that they don't know; a breaking change is a new {@code .v2} type and topic.
 */
@NullMarked
package dev.galatea.model.event;

import org.jspecify.annotations.NullMarked;
