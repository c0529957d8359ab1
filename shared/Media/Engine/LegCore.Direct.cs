using CallCenter.Media.Net;

namespace CallCenter.Media.Engine;

/// <summary>
/// The straight way to and from the remote, once it is known: a connected socket beside the leg's own. What comes on it passes the
/// same stages; strangers' packets go on meeting the leg's own socket, where they are counted. Without it everything goes there.
/// </summary>
internal sealed unsafe partial class LegCore
{
    // Of one remote's packets at most so many are waiting when its connection stands; a stranger's flood costs no more reads.
    private const int EarlierMax = 64;

    private UdpSocket? _direct;
    private NativeEndpoint _directTo;
    private int _earlier;

    /// <summary>One datagram of the RTP socket.</summary>
    public void ReceiveRtp(long now) => TryReceive(_ports.Rtp, now);

    /// <summary>One datagram of the connected socket, after those that came before it was connected: they wait in the leg's own.</summary>
    public void ReceiveDirect(long now)
    {
        while (_earlier > 0)
        {
            _earlier = TryReceive(_ports.Rtp, now) ? _earlier - 1 : 0;
        }
        if (_direct is { } direct)
        {
            TryReceive(direct, now);
        }
    }

    private bool TryReceive(UdpSocket socket, long now)
    {
        const int size = MediaThread.ReceiveSize;
        // Asked for anew for each packet: the last one may still wait to be sent.
        var buffer = _thread.Outbox.Received;
        var length = socket.Receive(buffer, size, out var from);
        if (length < 0)
        {
            return false;
        }
        if (_transport is null || length > size)
        {
            HandleRtp(buffer, length, from, now);
        }
        else
        {
            ReceiveMuxed(buffer, length, from, now);
        }
        return true;
    }

    private void OpenDirect(NativeEndpoint remote)
    {
        CloseDirect();
        // Asked for once a remote, also where it is refused: then the leg's own socket serves as before.
        _directTo = remote;
        var direct = _ports.Rtp.TryConnect(remote);
        if (direct is not null && !_thread.TryAddDirect(this, direct))
        {
            direct.Close();
            direct = null;
        }
        (_direct, _earlier) = (direct, EarlierMax);
    }

    /// <summary>The leg leaves its thread: what comes waits in the socket.</summary>
    public void UnwatchDirect()
    {
        if (_direct is { } direct)
        {
            _thread.RemoveDirect(direct);
        }
    }

    /// <summary>The leg's thread listens to it; one that cannot leaves all to the leg's own socket.</summary>
    public void WatchDirect()
    {
        if (_direct is { } direct && !_thread.TryAddDirect(this, direct))
        {
            CloseDirect();
        }
    }

    private void CloseDirect()
    {
        if (_direct is { } direct)
        {
            _thread.Outbox.Flush();
            direct.Close();
        }
        (_direct, _directTo, _resting) = (null, default, false);
    }
}
