@NullMarked
package dev.galatea.guardedhttp;

import org.jspecify.annotations.NullMarked;
