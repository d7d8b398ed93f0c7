/**
 * Where texts stand in requests and answers, and how to change them without breaking what is around: for every step that
 * reads or rewrites what people and models say.
 */
package io.github.camelllm.call.text;
