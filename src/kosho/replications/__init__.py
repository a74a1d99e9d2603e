"""Published results, computed again through the public interface."""
