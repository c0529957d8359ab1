using CallCenter.Media.Net;

namespace CallCenter.Media.Engine;

/// <summary>
/// A leg rests while looped music plays and nobody is bridged to it, mixed or recorded with it or listens to it: what it receives
/// is then taken from its connected socket each 200 ms in one call, with the times at which the kernel had it, instead of packet by
/// packet. Latch, statistics and digits are as ever, digits up to so much later. Nobody but the remote can fill that socket.
/// </summary>
internal sealed unsafe partial class LegCore
{
    // Calls in a row; more waits for the next turn: a remote that sends too much costs no other leg its time.
    private const int RestReadsMax = 8;

    private bool _resting;

    public bool IsResting => Volatile.Read(ref _resting);

    private bool MayRest => _player.IsLooping && _direct is not null && _transport is null && !_digitsOut.IsSending
        && _peer is null && _mixed is null && _taps.Length == 0 && !IsListening;

    private void TickRest()
    {
        if (_resting && _thread.IsRestTurn(Slot))
        {
            TakeWaiting();
        }
        if (_resting != MayRest)
        {
            if (_resting)
            {
                Attend();
            }
            else
            {
                Rest();
            }
        }
    }

    private void Rest()
    {
        _direct!.StampArrivals();
        _thread.RemoveDirect(_direct);
        _resting = true;
    }

    /// <summary>Before anything changes for which packets count: what came before it is taken, and what comes is again taken at once.</summary>
    private void Attend()
    {
        if (!_resting)
        {
            return;
        }
        TakeWaiting();
        _resting = false;
        WatchDirect();
    }

    private void TakeWaiting()
    {
        var batch = _thread.Batch;
        for (var read = 0; read < RestReadsMax && _direct is { } direct; read++)
        {
            var count = batch.Receive(direct);
            var (now, wall) = (MediaThread.ReadClock(), DatagramBatch.ReadClock());
            for (var i = 0; i < count; i++)
            {
                HandleRtp(batch.Data(i), batch.Length(i), batch.From(i), now - (batch.Age(i, wall) * Clip.Rate / 1_000_000_000));
            }
            if (count < DatagramBatch.Size)
            {
                return;
            }
        }
    }
}
