/** One attempt over HTTP: signed, and only to addresses that may be reached. */
@NullMarked
package dev.galatea.webhooks.http;

import org.jspecify.annotations.NullMarked;
