package io.github.camelllm.ingress;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;
import org.apache.activemq.artemis.core.security.CheckType;
import org.apache.activemq.artemis.core.security.Role;
import org.apache.activemq.artemis.spi.core.security.ActiveMQSecurityManager;

/** Lets one user into the embedded broker, who may send and receive, and nobody else; managing it is for nobody. */
final class OneUser implements ActiveMQSecurityManager {

    private final byte[] user;
    private final byte[] password;

    OneUser(String user, String password) {
        this.user = user.getBytes(StandardCharsets.UTF_8);
        this.password = password.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean validateUser(String offeredUser, String offeredPassword) {
        return same(user, offeredUser) & same(password, offeredPassword);
    }

    @Override
    public boolean validateUserAndRole(
            String offeredUser, String offeredPassword, Set<Role> roles, CheckType checkType) {
        return checkType != CheckType.MANAGE && validateUser(offeredUser, offeredPassword);
    }

    /** In a time that does not tell how much of it was right. */
    private static boolean same(byte[] expected, String offered) {
        return offered != null && MessageDigest.isEqual(expected, offered.getBytes(StandardCharsets.UTF_8));
    }
}
