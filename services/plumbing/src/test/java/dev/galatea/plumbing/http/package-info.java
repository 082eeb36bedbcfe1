@NullMarked
package dev.galatea.plumbing.http;

import org.jspecify.annotations.NullMarked;
