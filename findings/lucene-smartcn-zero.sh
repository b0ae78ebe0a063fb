#!/usr/bin/env bash
# Lucene 9.12.1, SmartChineseAnalyzer: years and figures.
# 〇 (U+3007) is taken for a mark and dropped, so 二〇一七年 has the tokens 二, 一, 七, 年, the same as 二一七年;
# 3.5% is 3 and 5. And a Traditional text falls into single characters where its Simplified version
# has words, so no phrase of one finds the other even after folding of the tokens.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>
<dependency><groupId>org.apache.lucene</groupId><artifactId>lucene-analysis-smartcn</artifactId><version>9.12.1</version></dependency>
</dependencies></project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Run.java <<'CODE'
import org.apache.lucene.analysis.cn.smart.SmartChineseAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

public class Run {
    public static void main(String[] args) throws Exception {
        var analyzer = new SmartChineseAnalyzer();
        for (var text : new String[] {"二〇一七年", "二一七年", "3.5%", "知识产权", "知識產權"}) {
            var tokens = new java.util.ArrayList<String>();
            try (var stream = analyzer.tokenStream("text", text)) {
                var term = stream.addAttribute(CharTermAttribute.class);
                stream.reset();
                while (stream.incrementToken()) tokens.add(term.toString());
            }
            System.out.println(text + " " + tokens);
        }
    }
}
CODE
java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp 'lib/*' Run.java 2>errors >seen || { cat errors >&2; exit 1; }
cat >expected <<'SEEN'
二〇一七年 [二, 一, 七, 年]
二一七年 [二, 一, 七, 年]
3.5% [3, 5]
知识产权 [知识, 产权]
知識產權 [知, 識, 產, 權]
SEEN
diff expected seen
echo "as stated"
