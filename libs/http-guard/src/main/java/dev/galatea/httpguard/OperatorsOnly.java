package dev.galatea.httpguard;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a resource for operators. Where the process has a management interface it is served there and nowhere else;
 * where it has none, all of its HTTP port is for operators.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface OperatorsOnly {}
