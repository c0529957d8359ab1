using CallCenter.Media;

namespace CallCenter.TestKit;

/// <summary>A leg's media thread that stands still, as on a machine that cannot carry the call, until this is disposed.</summary>
public sealed class StalledMedia : IDisposable
{
    private static readonly TimeSpan AtMost = TimeSpan.FromMinutes(1);
    private readonly ManualResetEventSlim _goesOn = new();
    private readonly Task _stands;

    private StalledMedia(MediaLeg leg) => _stands = leg.Thread.Post(() => _goesOn.Wait(AtMost));

    public static StalledMedia Of(MediaLeg leg)
    {
        ArgumentNullException.ThrowIfNull(leg);
        return new(leg);
    }

    public void Dispose()
    {
        _goesOn.Set();
        _stands.Wait();
        _goesOn.Dispose();
    }
}
