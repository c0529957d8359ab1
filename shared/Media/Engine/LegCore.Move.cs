using CallCenter.Media.Recording;

namespace CallCenter.Media.Engine;

/// <summary>A leg's way from one media thread to another: <see cref="MediaThread.HandOver"/>.</summary>
internal sealed unsafe partial class LegCore
{
    private volatile MediaThread? _owner;

    /// <summary>Keys are being agreed: the handshake counts among those of its thread.</summary>
    public bool IsHandshaking => _transport is { IsHandshaking: true };

    /// <summary>Nobody of this thread has to do with it any more.</summary>
    public void LeaveAll()
    {
        Attend();
        Unbridge();
        _mixed = null;
        foreach (var tap in (TapChannel[])[.. _taps, .. _mixTaps])
        {
            tap.Bind(null);
        }
    }

    /// <summary>The thread that alone may touch it; null on its way from one to another.</summary>
    public MediaThread? Owner
    {
        get => _owner;
        set => _owner = value;
    }

    /// <summary>From now on that thread alone touches it.</summary>
    public void Enter(MediaThread thread)
    {
        (_thread, _owner) = (thread, thread);
        _transport?.Enter(thread);
    }
}
