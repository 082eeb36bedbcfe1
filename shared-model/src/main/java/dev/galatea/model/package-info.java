/** The contracts of all services: ids, events, tensors and model bundles. Plain Java, no framework. */
package dev.galatea.model;
