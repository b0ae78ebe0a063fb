#!/usr/bin/env bash
# jieba-analysis 1.0.2 (Java): characters beyond U+FFFF.
# 𨋢 (U+282E2), Hong Kong's word for a lift, comes out as two tokens of one half each, neither of them a
# character: they can't be written in UTF-8, so the word is in no index.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >pom.xml <<'POM'
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>finding</groupId><artifactId>finding</artifactId><version>1</version><dependencies>
<dependency><groupId>com.huaban</groupId><artifactId>jieba-analysis</artifactId><version>1.0.2</version></dependency>
</dependencies></project>
POM
mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib >/dev/null
cat >Run.java <<'CODE'
import com.huaban.analysis.jieba.JiebaSegmenter;

public class Run {
    public static void main(String[] args) {
        var out = System.out;
        System.setOut(new java.io.PrintStream(java.io.OutputStream.nullOutputStream()));
        var segmenter = new JiebaSegmenter();
        for (var token : segmenter.process("乘坐𨋢", JiebaSegmenter.SegMode.SEARCH)) {
            var code = token.word.chars().mapToObj(unit -> "%04X".formatted(unit)).toList();
            out.println(token.startOffset + "–" + token.endOffset + " " + code);
        }
    }
}
CODE
java -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8 -cp 'lib/*' Run.java 2>errors >seen || { cat errors >&2; exit 1; }
cat >expected <<'SEEN'
0–2 [4E58, 5750]
2–3 [D860]
3–4 [DEE2]
SEEN
diff expected seen
echo "as stated"
