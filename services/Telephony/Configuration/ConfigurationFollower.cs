using CallCenter.Contracts.Tenancy;
using CallCenter.Hosting;

namespace CallCenter.Telephony.Configuration;

/// <summary>Makes the configuration in force out of the snapshots, whenever one changes, and fetches the fallbacks' clips ahead of need.</summary>
internal sealed class ConfigurationFollower(ConfigurationSnapshots snapshots, CurrentConfiguration current, ClipCache clips, TimeProvider clock, ILogger<ConfigurationFollower> logger)
{
    private const int PrefetchTries = 10;
    private static readonly TimeSpan PrefetchPause = TimeSpan.FromSeconds(5);

    /// <summary>Starts with what was seen last.</summary>
    public void Begin()
    {
        snapshots.Changed += _ => Rebuild();
        Rebuild();
    }

    private void Rebuild()
    {
        if (snapshots.Operator() is not { } of)
        {
            return;
        }
        try
        {
            current.Replace(GatewayConfiguration.Of(of, snapshots.Tenants()));
        }
        catch (FormatException e)
        {
            Log.ConfigurationRefused(logger, e.Message);
            return;
        }
        Log.Configured(logger, current.Now.Tenants.Count, of.Trunks.Count, of.Phones.Count);
        _ = Prefetch(current.Now);
    }

    private async Task Prefetch(GatewayConfiguration wanted)
    {
        var fallbacks = wanted.Tenants.Values.SelectMany(t => t.Numbers).Select(n => n.Fallback).SelectMany(ClipsOf).DistinctBy(c => c.Hash);
        foreach (var clip in fallbacks)
        {
            for (var tried = 1; await clips.Get(clip) is null && tried < PrefetchTries && wanted == current.Now; tried++)
            {
                await Task.Delay(PrefetchPause, clock);
            }
        }
    }

    private static IEnumerable<Contracts.Telephony.Clip> ClipsOf(NumberFallback fallback) =>
        new[] { fallback.Prompt, fallback.Music }.OfType<Contracts.Telephony.Clip>();
}
