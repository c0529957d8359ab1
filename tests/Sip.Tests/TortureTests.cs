using System.Runtime.CompilerServices;
using System.Text;
using CallCenter.Sip.Messages;
using CallCenter.Sip.Registration;

namespace CallCenter.Sip.Tests;

/// <summary>
/// The messages of RFC 4475 (section 3) and RFC 5118 (section 4), each with the peculiarity that the RFC describes, the RFC's verdict and what an agent
/// makes of it: the status it answers, or that it was a stray response or malformed. "accept" is anything but 400 and malformed.
/// The agent rejects each call with 486 and knows no user.
/// </summary>
public sealed class TortureTests
{
    private sealed record Expectation(string Name, string[] Verdicts, string Ours);

    public static TheoryData<string> Names() => [.. Expectations().Select(e => e.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_message_meets_the_verdict_of_its_rfc(string name)
    {
        var expected = Expectations().Single(e => e.Name == name);
        var wire = new Wire();
        var agent = wire.Add("192.0.2.200:5060", new Registrar(new RegistrarOptions { Realm = "r", Credentials = _ => null }, wire.Clock));
        agent.OnCall = call => call.Reject(486);
        agent.Inject(File.ReadAllBytes(PathOf(name + ".dat")));
        var counters = agent.Agent.Counters;
        var final = wire.Sent.Select(p => Encoding.UTF8.GetString(p.Bytes).Split("\r\n")[0]).LastOrDefault(line => !line.StartsWith("SIP/2.0 1", StringComparison.Ordinal));
        var outcome = final is not null ? final["SIP/2.0 ".Length..] : counters.StrayResponses == 1 ? "stray" : counters.Malformed == 1 ? "malformed" : "nothing";
        outcome.ShouldStartWith(expected.Ours);
        expected.Verdicts.ShouldContain(verdict => Meets(outcome, verdict), $"{name}: the RFC wants {string.Join(" or ", expected.Verdicts)}, got {outcome}");
        agent.Errors.ShouldBeEmpty();
    }

    private static bool Meets(string outcome, string verdict) =>
        verdict == "accept" ? !outcome.StartsWith("400", StringComparison.Ordinal) && outcome is not ("malformed" or "nothing") : outcome.StartsWith(verdict, StringComparison.Ordinal);

    private static IEnumerable<Expectation> Expectations() =>
        File.ReadAllLines(PathOf("expected.txt")).Where(line => line[0] != '#').Select(line => line.Split(' ', 4)).Select(part => new Expectation(part[0], part[2].Split('|'), part[3]));

    [Fact]
    public void Every_message_is_expected_and_every_expectation_has_its_message() =>
        Directory.GetFiles(PathOf(""), "*.dat", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(PathOf(""), f)[..^4]).Order(StringComparer.Ordinal)
            .ShouldBe(Expectations().Select(e => e.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void An_ipv6_reference_ends_at_its_bracket()
    {
        SipUri.TryParse("sip:[2001:db8::10:5070]", out var ambiguous).ShouldBeTrue(); // RFC 5118 section 4.3
        (ambiguous.Host, ambiguous.Port).ShouldBe(("2001:db8::10:5070", 0));
        SipUri.TryParse("sip:[2001:db8::10]:5070", out var clear).ShouldBeTrue(); // section 4.4
        (clear.Host, clear.Port).ShouldBe(("2001:db8::10", 5070));
        SipUri.TryParse("sip:2001:db8::10", out _).ShouldBeFalse(); // section 4.2
    }

    [Fact]
    public void A_contact_parameter_is_not_one_of_its_uri()
    {
        var header = SipParser.Parse(File.ReadAllBytes(PathOf("cparam01.dat")), out _)!.Address(HeaderId.Contact)!; // RFC 4475 section 3.3.12
        (header.Parameter("unknownparam"), header.Uri.Parameter("unknownparam")).ShouldBe(("", null));
        var uri = SipParser.Parse(File.ReadAllBytes(PathOf("cparam02.dat")), out _)!.Address(HeaderId.Contact)!; // section 3.3.13
        (uri.Parameter("unknownparam"), uri.Uri.Parameter("unknownparam")).ShouldBe((null, ""));
    }

    [Fact]
    public void A_short_tortuous_invite_is_read_to_its_last_field()
    {
        var message = SipParser.Parse(File.ReadAllBytes(PathOf("wsinv.dat")), out var reason).ShouldNotBeNull(reason);
        message.RequestUri.ShouldBe("sip:vivekg@chair-dnrc.example.com;unknownparam");
        message.ToTag.ShouldBe("1918181833n");
        message.FromTag.ShouldBe("98asjd8");
        message.Address(HeaderId.From)!.DisplayName.ShouldBe("J Rosenberg \\\"");
        message.CSeq.ShouldBe(9u);
        message.GetAll(HeaderId.Via).Count.ShouldBe(3);
        message.Get("s").ShouldBe("");
        message.Get("newfangledheader").ShouldBe("newfangled value   continued newfangled value");
        message.Get("UnknownHeaderWithUnusualValue").ShouldBe(";;,,;;,;");
        message.Address(HeaderId.Contact)!.DisplayName.ShouldBe("Quoted string \"\"");
        message.Address(HeaderId.Contact)!.Parameter("q").ShouldBe("0.33");
        message.Sdp.ShouldNotBeNull().ShouldStartWith("v=0\r\no=mhandley");
    }

    [Fact]
    public void A_second_message_in_a_datagram_is_not_read() =>
        SipParser.Parse(File.ReadAllBytes(PathOf("dblreq.dat")), out _)!.Body.Length.ShouldBe(0);

    private static string PathOf(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "torture", name);
}
