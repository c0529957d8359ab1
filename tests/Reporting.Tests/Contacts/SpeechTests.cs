using CallCenter.Contracts.Telephony;
using CallCenter.Reporting.Contacts;
using CallCenter.Reporting.Facts;
using CallCenter.Reporting.Reports;

namespace CallCenter.Reporting.Tests.Contacts;

/// <summary>Who spoke when, from the gateway's event to the contact and to the queue's figures.</summary>
public class SpeechTests
{
    public static readonly SpeechMeasured Measured = new(60_000, 20_000, 30_000, 2_000, 12_000, 5_000, Script.Start.AddSeconds(14), 1_000, "cc oob-");

    [Fact]
    public void It_is_kept_with_the_contact_and_counts_for_the_queue_of_the_last_agent()
    {
        var history = ContactFold.Of(Calls.Talk(new Script()).Telephony(74_322, Measured).Events)!;
        history.Speech.ShouldBe(SpeechItem.Of(Measured));
        history.Queues.ShouldHaveSingleItem().Speech.ShouldBe(new Speech(60_000, 20_000, 30_000, 2_000, 12_000, 5_000));
        ContactFold.Of(Calls.Talk(new Script()).Events)!.ShouldSatisfyAllConditions(h => h.Speech.ShouldBeNull(), h => h.Queues[0].Speech.ShouldBe(Speech.None));
    }

    [Fact]
    public void The_metrics_are_shares_of_the_conversation()
    {
        var one = new QueueSums { ConversationMs = 60_000, CallerSpeechMs = 20_000, AgentSpeechMs = 30_000, TalkOverMs = 2_000, SilenceMs = 12_000, LongestSilenceMs = 5_000 };
        var two = one + new QueueSums { ConversationMs = 40_000, LongestSilenceMs = 9_000 };
        double? Of(string id, QueueSums sums) => QueueMetrics.All.Single(metric => metric.Id == id).Compute(sums);
        Of("agent_talk_share", two).ShouldBe(0.6);
        Of("talk_over_rate", two).ShouldBe(0.02);
        Of("silence_rate", two).ShouldBe(0.12);
        Of("longest_silence", two).ShouldBe(9_000);
        foreach (var id in (string[])["agent_talk_share", "talk_over_rate", "silence_rate", "longest_silence"])
        {
            Of(id, new QueueSums()).ShouldBeNull();
        }
    }
}
