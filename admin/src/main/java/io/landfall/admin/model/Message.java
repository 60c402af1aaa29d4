package io.landfall.admin.model;

/**
 * What a command answers.
 *
 * @param message one sentence for the person who gave it
 */
public record Message(String message) {}
