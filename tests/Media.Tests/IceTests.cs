using System.Text;
using CallCenter.Media.Ice;
using CallCenter.Media.Net;

namespace CallCenter.Media.Tests;

public class IceTests
{
    private const int Seed = 8489;
    private static readonly NativeEndpoint Browser = new(NativeAddress.FromV4(0x7F000001), 5000);
    private static readonly NativeEndpoint Elsewhere = new(NativeAddress.FromV4(0x7F000002), 6000);

    private readonly IceCredentials _ours = new();
    private readonly byte[] _response = new byte[StunMessage.ResponseMax];

    private byte[] Check(bool nominate = false, IceCredentials? credentials = null, string theirs = "theirs")
    {
        credentials ??= _ours;
        return StunClient.Check(credentials.Fragment, credentials.Password, theirs, nominate);
    }

    [Fact]
    public void The_sample_request_of_RFC_5769_is_read_and_its_integrity_holds()
    {
        var request = Convert.FromHexString(
            "000100582112a442b7e7a701bc34d686fa87dfae802200105354554e207465737420636c69656e74"
            + "002400046e0001ff80290008932ff9b151263b36000600096576746a3a683676592020200008001"
            + "49aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a280280004e57a3bcf");
        StunMessage.TryRead(request, out var message).ShouldBeTrue();
        Encoding.ASCII.GetString(request, message.UserNameOffset, message.UserNameLength).ShouldBe("evtj:h6vY");
        message.IsSignedWith(request, "VOkJxbRl1RmTxUk/WvJxBt"u8).ShouldBeTrue();
        message.IsSignedWith(request, "VOkJxbRl1RmTxUk/WvJxBu"u8).ShouldBeFalse();
    }

    [Fact]
    public void A_fingerprint_is_that_of_RFC_5769()
    {
        var response = Convert.FromHexString(
            "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f722000200008"
            + "0001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96");
        StunMessage.FingerprintOf(response.AsSpan(0, response.Length - 8)).ShouldBe(0xC07D4C96u);
    }

    [Fact]
    public void A_check_is_answered_with_the_address_it_came_from_and_no_more_bytes_than_it_had()
    {
        var ice = new IceLite(_ours);
        var check = Check();
        ice.Check(check, Browser, 1, _response, out var length).ShouldBe(IceResult.Answered);
        StunClient.ReadResponse(_response[..length], check, _ours.Password).ShouldBe(Browser);
        length.ShouldBeLessThanOrEqualTo(check.Length);
        ice.Target.ShouldBe(Browser);
    }

    [Fact]
    public void Only_who_knows_the_password_is_heard()
    {
        var ice = new IceLite(_ours);
        ice.Check(StunClient.Check(_ours.Fragment, "a password that is not ours", "x", nominate: true), Browser, 1, _response).ShouldBe(IceResult.Unauthenticated);
        ice.Check(StunClient.Check("other", _ours.Password, "x", nominate: true), Browser, 1, _response).ShouldBe(IceResult.Unauthenticated);
        ice.Check(StunClient.Check(_ours.Fragment[..^1], _ours.Password, "x", nominate: true), Browser, 1, _response).ShouldBe(IceResult.Unauthenticated);
        _response.ShouldAllBe(each => each == 0);
        ice.Target.CanBeSentTo.ShouldBeFalse();
        ice.Knows(Browser).ShouldBeFalse();
    }

    [Fact]
    public void Before_a_nomination_the_last_check_counts_and_then_only_nominated_ones()
    {
        var ice = new IceLite(_ours);
        ice.Check(Check(), Browser, 1, _response).ShouldBe(IceResult.Answered);
        ice.Check(Check(), Elsewhere, 2, _response).ShouldBe(IceResult.Answered);
        ice.Target.ShouldBe(Elsewhere);
        ice.Check(Check(nominate: true), Browser, 3, _response).ShouldBe(IceResult.Answered);
        ice.Check(Check(), Elsewhere, 4, _response).ShouldBe(IceResult.Answered);
        ice.Target.ShouldBe(Browser);
        ice.Knows(Elsewhere).ShouldBeTrue();
        ice.Check(Check(nominate: true), Elsewhere, 5, _response).ShouldBe(IceResult.Answered);
        ice.Target.ShouldBe(Elsewhere);
    }

    [Fact]
    public void After_a_restart_old_credentials_count_until_the_new_ones_are_used()
    {
        var ice = new IceLite(_ours);
        var renewed = new IceCredentials();
        ice.Check(Check(nominate: true), Browser, 1, _response).ShouldBe(IceResult.Answered);
        ice.Restart(renewed);
        ice.Check(Check(nominate: true), Browser, 2, _response).ShouldBe(IceResult.Answered);
        ice.Check(Check(credentials: renewed), Elsewhere, 3, _response).ShouldBe(IceResult.Answered);
        ice.Target.ShouldBe(Elsewhere);
        ice.Knows(Browser).ShouldBeFalse();
        ice.Check(Check(nominate: true), Browser, 4, _response).ShouldBe(IceResult.Unauthenticated);
    }

    [Fact]
    public void The_remotes_restart_lets_its_next_check_say_where_it_is()
    {
        var ice = new IceLite(_ours);
        ice.Check(Check(nominate: true), Browser, 1, _response).ShouldBe(IceResult.Answered);
        ice.RemoteRestarted();
        ice.Check(Check(theirs: "new"), Elsewhere, 2, _response).ShouldBe(IceResult.Answered);
        ice.Target.ShouldBe(Elsewhere);
    }

    [Fact]
    public void Addresses_are_bounded_and_the_one_in_use_stays()
    {
        var ice = new IceLite(_ours);
        ice.Check(Check(nominate: true), Browser, 1, _response).ShouldBe(IceResult.Answered);
        for (ushort i = 0; i < 100; i++)
        {
            ice.Check(Check(), new NativeEndpoint(NativeAddress.FromV4(0x0A000000), (ushort)(1 + i)), 2 + i, _response).ShouldBe(IceResult.Answered);
        }
        ice.Target.ShouldBe(Browser);
        ice.Knows(Browser).ShouldBeTrue();
        Enumerable.Range(1, 100).Count(port => ice.Knows(new NativeEndpoint(NativeAddress.FromV4(0x0A000000), (ushort)port))).ShouldBe(IceLite.AddressesMax);
    }

    [Fact]
    public void An_attribute_that_must_be_understood_and_is_not_gets_no_answer()
    {
        var ice = new IceLite(_ours);
        ice.Check(StunClient.Check(_ours.Fragment, _ours.Password, "x", nominate: false, extraAttribute: 0x7FFF), Browser, 1, _response).ShouldBe(IceResult.Malformed);
        ice.Check(StunClient.Check(_ours.Fragment, _ours.Password, "x", nominate: false, extraAttribute: 0xC057), Browser, 1, _response).ShouldBe(IceResult.Answered);
    }

    [Fact]
    public void Changed_and_cut_checks_get_no_answer()
    {
        var ice = new IceLite(_ours);
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var data = Check(nominate: i % 2 == 0);
            switch (i % 3)
            {
                case 0:
                    data[random.Next(data.Length)] ^= (byte)random.Next(1, 256);
                    break;
                case 1:
                    data = data[..random.Next(data.Length)];
                    break;
                default:
                    // Right to its end, so that the attributes are walked.
                    data[random.Next(20, data.Length - 8)] ^= (byte)random.Next(1, 256);
                    StunClient.Finish(data);
                    break;
            }
            ice.Check(data, Browser, i, _response).ShouldNotBe(IceResult.Answered, $"seed {Seed}, case {i}");
        }
        _response.ShouldAllBe(each => each == 0);
    }

    [Fact]
    public void Noise_is_no_check()
    {
        var ice = new IceLite(_ours);
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var data = new byte[random.Next(700)];
            random.NextBytes(data);
            if (data.Length >= 28 && i % 2 == 0)
            {
                // A right header and fingerprint around noise.
                StunClient.WriteHeader(data);
                data = data[..(data.Length & ~3)];
                StunClient.Finish(data);
            }
            ice.Check(data, Browser, i, _response).ShouldBe(IceResult.Malformed, $"seed {Seed}, case {i}");
        }
    }
}
