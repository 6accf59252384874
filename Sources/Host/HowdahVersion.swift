/// What every program says when it is asked for its version.
public enum HowdahVersion {
    public static let text = "0.1.0-dev"
}
