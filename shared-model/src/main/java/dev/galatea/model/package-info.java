/** What all services agree on: ids, events, tensors and model bundles. Plain Java, no framework. */
package dev.galatea.model;
