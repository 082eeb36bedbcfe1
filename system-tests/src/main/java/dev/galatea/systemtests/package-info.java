/**
 * Fault drills: break a running deployment on purpose, then audit topics and bucket. Everything is seen from outside,
 * with stock clients, so that the auditor shares no state with what it audits.
 */
@NullMarked
package dev.galatea.systemtests;

import org.jspecify.annotations.NullMarked;
