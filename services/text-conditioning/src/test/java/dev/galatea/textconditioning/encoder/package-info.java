@NullMarked
package dev.galatea.textconditioning.encoder;

import org.jspecify.annotations.NullMarked;
