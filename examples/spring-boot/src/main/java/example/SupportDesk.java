package example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The application: its routes, and those of the gateway, are YAML. */
@SpringBootApplication
public class SupportDesk {

    /** Starts it. */
    public static void main(String[] args) {
        SpringApplication.run(SupportDesk.class, args);
    }
}
