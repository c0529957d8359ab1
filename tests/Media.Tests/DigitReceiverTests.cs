using CallCenter.Media.Rtp;

namespace CallCenter.Media.Tests;

/// <summary>RFC 4733 events to keys, without a socket. Times in samples.</summary>
public class DigitReceiverTests
{
    private readonly List<(char Digit, int DurationMs)> _keys = [];
    private readonly DigitReceiver _receiver;
    private long _now = 1;

    public DigitReceiverTests() => _receiver = new DigitReceiver((digit, duration) => _keys.Add((digit, duration)));

    private void Update(uint timestamp, byte key, bool end, ushort duration, uint ssrc = 1)
    {
        _now += 160;
        _receiver.Add(ssrc, timestamp, RawPeer.Event(key, end, duration), _now);
        _receiver.Expire(_now);
    }

    private void Press(uint timestamp, byte key, int ends = 3, uint ssrc = 1)
    {
        for (ushort tick = 1; tick <= 5; tick++)
        {
            Update(timestamp, key, false, (ushort)(tick * 160), ssrc);
        }
        for (var end = 0; end < ends; end++)
        {
            Update(timestamp, key, true, 800, ssrc);
        }
    }

    private void Silence(int milliseconds)
    {
        for (var tick = 0; tick < milliseconds / 20; tick++)
        {
            _now += 160;
            _receiver.Expire(_now);
        }
    }

    [Fact]
    public void Three_ends_are_one_key()
    {
        Press(1000, 5);
        Press(3000, 5);
        Press(5000, 11);
        _keys.ShouldBe([('5', 100), ('5', 100), ('#', 100)]);
    }

    [Fact]
    public void One_end_alone_is_a_key()
    {
        Update(1000, 1, true, 400);
        _keys.ShouldBe([('1', 50)]);
    }

    [Fact]
    public void Lost_ends_are_made_up_by_silence()
    {
        Press(1000, 9, ends: 0);
        _keys.ShouldBeEmpty();
        Silence(180);
        _keys.ShouldBeEmpty();
        Silence(60);
        _keys.ShouldBe([('9', 100)]);
        Update(1000, 9, true, 800);
        _keys.Count.ShouldBe(1);
    }

    [Fact]
    public void Lost_ends_are_made_up_by_the_next_key()
    {
        Press(1000, 1, ends: 0);
        Press(3000, 2);
        _keys.ShouldBe([('1', 100), ('2', 100)]);
    }

    [Fact]
    public void A_late_end_of_the_key_before_is_no_new_key()
    {
        Press(1000, 1, ends: 1);
        Update(3000, 2, false, 160);
        Update(1000, 1, true, 800);
        Update(3000, 2, true, 320);
        _keys.ShouldBe([('1', 100), ('2', 40)]);
    }

    [Fact]
    public void A_reordered_update_does_not_shorten_the_key()
    {
        Update(1000, 3, false, 640);
        Update(1000, 3, false, 160);
        Silence(300);
        _keys.ShouldBe([('3', 80)]);
    }

    [Fact]
    public void A_capture_that_is_played_again_is_a_new_key()
    {
        Press(1000, 4);
        Silence(1200);
        Press(1000, 4);
        _keys.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void A_phone_that_stands_still_in_the_middle_of_a_key_has_pressed_it_once(int updates)
    {
        for (var tick = 1; tick <= 7; tick++)
        {
            Update(1000, 4, end: tick > 5, (ushort)(Math.Min(tick, 5) * 160));
            if (tick == updates)
            {
                Silence(1500);
            }
        }
        Silence(300);
        _keys.Count.ShouldBe(1);
    }

    [Fact]
    public void The_same_timestamp_of_another_SSRC_is_another_key()
    {
        Press(1000, 4, ssrc: 1);
        Press(1000, 4, ssrc: 2);
        _keys.Count.ShouldBe(2);
    }

    [Fact]
    public void What_is_no_key_is_ignored()
    {
        Update(1000, 16, true, 800);
        Update(2000, 255, true, 800);
        _receiver.Add(1, 3000, [1, 0x80, 0], _now);
        _keys.ShouldBeEmpty();
    }

    [Fact]
    public void Every_key_has_its_letter()
    {
        for (byte key = 0; key < 16; key++)
        {
            Press(1000u + (key * 2000u), key);
        }
        new string([.. _keys.Select(key => key.Digit)]).ShouldBe("0123456789*#ABCD");
    }
}
