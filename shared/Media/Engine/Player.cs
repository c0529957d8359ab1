namespace CallCenter.Media.Engine;

/// <summary>The playbacks of one leg, played one after the other without a gap. Lives on the media thread.</summary>
internal sealed class Player(Action<Playback, PlaybackOutcome> ended)
{
    /// <summary>Playbacks that may wait.</summary>
    public const int QueueMax = 64;

    private readonly Queue<Playback> _queue = new();
    private int _clip;
    private int _offset;

    public bool IsPlaying => _queue.Count > 0;

    /// <summary>What plays now plays for ever.</summary>
    public bool IsLooping => _queue.TryPeek(out var playback) && (playback.Mode & PlayMode.Loop) != 0;

    public void Play(Playback playback)
    {
        if ((playback.Mode & PlayMode.Enqueue) == 0)
        {
            StopAll();
        }
        if (_queue.Count == QueueMax)
        {
            ended(playback, PlaybackOutcome.Stopped);
        }
        else if (playback.IsEmpty)
        {
            ended(playback, PlaybackOutcome.Finished);
        }
        else
        {
            _queue.Enqueue(playback);
            if (_queue.Count == 1)
            {
                Begin();
            }
        }
    }

    public void StopAll()
    {
        while (_queue.TryDequeue(out var playback))
        {
            ended(playback, PlaybackOutcome.Stopped);
        }
    }

    /// <summary>Stops one playback wherever it is in the queue; the others keep their order.</summary>
    public void Stop(Playback playback)
    {
        if (!_queue.Contains(playback))
        {
            return;
        }
        var wasFirst = _queue.Peek() == playback;
        for (var i = _queue.Count; i > 0; i--)
        {
            var each = _queue.Dequeue();
            if (each != playback)
            {
                _queue.Enqueue(each);
            }
        }
        if (wasFirst)
        {
            Begin();
        }
        ended(playback, PlaybackOutcome.Stopped);
    }

    /// <summary>Fills a frame with what comes next; the end of the last playback is padded with silence.</summary>
    public void Fill(Span<byte> frame, AudioCodec codec)
    {
        var filled = 0;
        while (filled < frame.Length && _queue.TryPeek(out var playback))
        {
            var codes = playback.Clips[_clip].Encoded(codec);
            var count = Math.Min(frame.Length - filled, codes.Length - _offset);
            codes.AsSpan(_offset, count).CopyTo(frame[filled..]);
            filled += count;
            _offset += count;
            playback.PlayedSamples += count;
            if (_offset == codes.Length)
            {
                NextClip(playback);
            }
        }
        frame[filled..].Fill(G711.Silence(codec));
    }

    private void NextClip(Playback playback)
    {
        _offset = 0;
        if (++_clip < playback.Clips.Length)
        {
            return;
        }
        _clip = 0;
        if ((playback.Mode & PlayMode.Loop) == 0)
        {
            ended(_queue.Dequeue(), PlaybackOutcome.Finished);
            Begin();
        }
    }

    /// <summary>The playback that comes next begins where it was told to.</summary>
    private void Begin() => (_clip, _offset) = _queue.TryPeek(out var next) ? next.Start : (0, 0);
}
