namespace CallCenter.Telephony.Configuration;

/// <summary>The configuration in force: one reference, replaced as a whole.</summary>
internal sealed class CurrentConfiguration
{
    private readonly Lock gate = new();
    private volatile GatewayConfiguration now = GatewayConfiguration.Empty;

    public GatewayConfiguration Now => now;

    /// <summary>The one before and the one in force from now on.</summary>
    public event Action<GatewayConfiguration, GatewayConfiguration>? Changed;

    public void Replace(GatewayConfiguration next)
    {
        lock (gate)
        {
            var before = now;
            now = next;
            Changed?.Invoke(before, next);
        }
    }
}
