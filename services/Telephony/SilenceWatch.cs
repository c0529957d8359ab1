using CallCenter.Media;

namespace CallCenter.Telephony;

/// <summary>Turns media silence of a leg into one report that it is lost.</summary>
internal sealed class SilenceWatch(TimeSpan timeout, TimeProvider clock, Action lost)
{
    private ITimer? neverHeard;

    /// <summary>Takes the leg's media events.</summary>
    public void On(MediaEvent e, LegMedia media)
    {
        switch (e)
        {
            case MediaSilent when media.SilenceMeansLost:
                lost();
                break;
            case MediaSilent:
                neverHeard ??= clock.CreateTimer(_ => lost(), null, timeout * (LegMedia.NeverHeardFactor - 1), Timeout.InfiniteTimeSpan);
                break;
            case RemoteLatched:
                neverHeard?.Dispose();
                break;
        }
    }

    public void Stop() => neverHeard?.Dispose();
}
