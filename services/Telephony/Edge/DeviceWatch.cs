using CallCenter.Media;

namespace CallCenter.Telephony.Edge;

/// <summary>
/// Turns what the media of a protected leg tells into one report that the device is gone: no keys, or neither checks nor audio for the
/// whole of the patience, or the page was left. A browser that loses its socket alone goes on talking and tells nothing here.
/// </summary>
/// <param name="patience">From the first missing check; a browser that is back later is called anew.</param>
internal sealed class DeviceWatch(TimeSpan patience, TimeProvider clock, Action gone)
{
    /// <summary>A page that hangs up ends DTLS and says BYE: the two race, and the BYE says more.</summary>
    private static readonly TimeSpan ByeTime = TimeSpan.FromSeconds(2);

    private ITimer? timer;

    /// <summary>Takes the leg's media events, one at a time.</summary>
    public void On(MediaEvent e)
    {
        switch (e)
        {
            case MediaSecurityFailed:
                gone();
                break;
            case RemoteClosed:
                Arm(ByeTime);
                break;
            case IceDisconnected disconnected:
                var left = patience - (e.At - disconnected.Since);
                Arm(left > TimeSpan.Zero ? left : TimeSpan.Zero);
                break;
            case IceConnected:
                Stop();
                break;
        }
    }

    public void Stop() => timer?.Dispose();

    private void Arm(TimeSpan time)
    {
        Stop();
        timer = clock.CreateTimer(_ => gone(), null, time, Timeout.InfiniteTimeSpan);
    }
}
